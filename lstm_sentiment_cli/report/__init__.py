"""What was measured, for people who were not there: plots, and a page that holds them all."""
