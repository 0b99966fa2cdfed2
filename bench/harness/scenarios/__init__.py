"""The demonstrations of `bench supervision`. Each has show(stage), which yields findings."""
