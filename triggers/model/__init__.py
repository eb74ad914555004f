"""The entity model: how its training text is made, how it is trained, and the weights that ship."""
