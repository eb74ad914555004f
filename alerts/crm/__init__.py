"""CRMs that leads are handed to: each file is one, and its file name is its name in prospect.yml (see alerts/channels)."""
