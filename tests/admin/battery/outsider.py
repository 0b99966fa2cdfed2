"""usage: outsider.py TARGET METHOD... : calls methods with empty requests and prints the codes. For
callers that run as another user."""

import sys

import grpc


def code(channel, method):
    try:
        channel.unary_unary(method)(b"", timeout=30)
    except grpc.RpcError as error:
        return error.code().name
    return grpc.StatusCode.OK.name


with grpc.insecure_channel(sys.argv[1]) as opened:
    print(*(code(opened, each) for each in sys.argv[2:]))
