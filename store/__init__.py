"""The ground floor: what flows (`records`), what is stored (`tables`), and the named questions asked of it (`queries`)."""
