"""What runs inside the process of a Python function, before and below its code. Standard library only."""
