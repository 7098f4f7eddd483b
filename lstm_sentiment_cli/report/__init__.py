"""A measurement for people who were not there: plots, and a page that contains them all."""
