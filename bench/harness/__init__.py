"""Starts servers and loads, measures, compares and reports. Standard library only."""
