"""Plays the cases of tests/conformance/cases against a server over sockets and compares what comes
back.
"""
