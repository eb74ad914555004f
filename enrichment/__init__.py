"""The enrichment room knows which company an event is about, and which events tell one story."""
