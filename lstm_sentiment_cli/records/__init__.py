"""Records and labelled examples: read from files and pipes, written to them."""
