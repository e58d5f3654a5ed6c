"""Execution environments: their life cycle, and the executors that run handlers."""
