"""Data to what is shown at a terminal; nothing here reads, computes or writes."""
