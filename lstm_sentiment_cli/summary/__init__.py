"""The share of each label among many texts: by group, and over time."""
