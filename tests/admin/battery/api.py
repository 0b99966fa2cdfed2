"""A client of the admin API that is made without it: services, methods and messages come from the
server's own reflection, as grpcurl has them.

    api = Api("unix:/run/troupe/admin.sock")
    api.call("Pools.GetPool", {"name": "pools/echo"}).state
"""

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf import text_format

PATIENCE = 30.0

# The part of grpc/reflection/v1alpha/reflection.proto that is used here.
REFLECTION = """
name: "reflection.proto" syntax: "proto3"
message_type {
  name: "Request"
  field { name: "symbol" number: 4 type: TYPE_STRING label: LABEL_OPTIONAL }
  field { name: "list" number: 7 type: TYPE_STRING label: LABEL_OPTIONAL }
}
message_type {
  name: "Response"
  field { name: "files" number: 4 type: TYPE_MESSAGE type_name: ".Files" label: LABEL_OPTIONAL }
  field { name: "list" number: 6 type: TYPE_MESSAGE type_name: ".List" label: LABEL_OPTIONAL }
}
message_type {
  name: "Files"
  field { name: "file" number: 1 type: TYPE_BYTES label: LABEL_REPEATED }
}
message_type {
  name: "List"
  field { name: "service" number: 1 type: TYPE_MESSAGE type_name: ".Name" label: LABEL_REPEATED }
}
message_type {
  name: "Name"
  field { name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
}
"""
REFLECTION_METHOD = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


def _classes(files):
    """name -> class, for every message of these FileDescriptorProtos."""
    pool = descriptor_pool.DescriptorPool()
    waiting = {file.name: file for file in files}

    def add(name):
        file = waiting.pop(name, None)
        if file is None:
            return
        for dependency in file.dependency:
            add(dependency)
        pool.AddSerializedFile(file.SerializeToString())

    for name in list(waiting):
        add(name)
    factory = message_factory.MessageFactory(pool)
    return lambda name: factory.GetPrototype(pool.FindMessageTypeByName(name.lstrip(".")))


def connect(target, credentials=None):
    """A channel with a connection of its own."""
    options = [("grpc.use_local_subchannel_pool", 1)]
    if credentials is None:
        return grpc.insecure_channel(target, options)
    return grpc.secure_channel(target, credentials, options)


class Schema:
    """What a server says of itself: its methods by full name, and the classes of their messages."""

    def __init__(self, channel):
        reflection = text_format.Parse(REFLECTION, descriptor_pb2.FileDescriptorProto())
        classes = _classes([reflection])
        self._request, self._response = classes("Request"), classes("Response")
        self._ask = channel.stream_stream(
            REFLECTION_METHOD, self._request.SerializeToString, self._response.FromString
        )
        self.services = [service.name for service in self._answer(list="*").list.service]
        files = {}
        for service in self.services:
            for text in self._answer(symbol=service).files.file:
                file = descriptor_pb2.FileDescriptorProto.FromString(text)
                files[file.name] = file
        self.message = _classes(files.values())
        self.methods = {
            f"{file.package}.{service.name}.{method.name}": method
            for file in files.values()
            for service in file.service
            for method in service.method
        }

    def _answer(self, **request):
        return next(self._ask(iter([self._request(**request)]), timeout=PATIENCE))

    def find(self, name):
        """The full name that ends so."""
        return next(full for full in self.methods if full.endswith("." + name))


class Api:
    """Calls methods by the end of their names, with requests as JSON has them."""

    def __init__(self, target, credentials=None, schema=None, token=None):
        self.channel = connect(target, credentials)
        self._schema = schema
        self._metadata = [("authorization", f"Bearer {token}")] if token else None
        self.called = set()  # full names of methods

    def close(self):
        self.channel.close()

    @property
    def schema(self):
        if self._schema is None:
            self._schema = Schema(self.channel)
        return self._schema

    def call(self, name, request=None):
        """The answer; an iterator over them where it is a stream. Raises grpc.RpcError."""
        full = self.schema.find(name)
        method = self.schema.methods[full]
        self.called.add(full)
        service, _, short = full.rpartition(".")
        message = self.schema.message(method.input_type)()
        make = self.channel.unary_stream if method.server_streaming else self.channel.unary_unary
        return make(
            f"/{service}/{short}",
            self.schema.message(method.input_type).SerializeToString,
            self.schema.message(method.output_type).FromString,
        )(
            json_format.ParseDict(request or {}, message),
            timeout=PATIENCE,
            metadata=self._metadata,
        )

    def code(self, name, request=None):
        """What became of a call: its grpc.StatusCode."""
        try:
            self.call(name, request)
        except grpc.RpcError as error:
            return error.code()
        return grpc.StatusCode.OK
