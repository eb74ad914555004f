"""prospect: watch public sources for the events that turn a suspect into a prospect, and tell the rep why."""

__version__ = "0.1.0"
