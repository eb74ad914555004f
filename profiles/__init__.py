"""The profiles room judges: it scores stories against what a rep asked for and decides, with one reason, alert or not."""
