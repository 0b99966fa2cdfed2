"""The abuse battery: each case is a function that gets a Scene and raises AssertionError with a
sentence.
"""
