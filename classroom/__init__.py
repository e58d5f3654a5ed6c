"""Assignments: masters as text, released through nbgrader."""
