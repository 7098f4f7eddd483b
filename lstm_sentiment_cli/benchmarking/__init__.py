"""Speed and memory of the program on this machine."""
