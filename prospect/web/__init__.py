"""The web inbox: leads with their evidence, the pages that signed links of mails open, and the health of the sources."""
