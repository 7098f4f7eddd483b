"""The commands: options, one call, show."""
