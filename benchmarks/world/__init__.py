"""The main job against a folder of real documents (`make world SHARED=DIR`), and the promises that it must keep."""
