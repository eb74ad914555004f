"""The triggers room extracts events, with their facts, status and evidence, from the text of a Document."""
