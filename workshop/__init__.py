"""What `make` does: the environment, the labs, the book, the locks. Nothing here is part of the engine or the course."""
