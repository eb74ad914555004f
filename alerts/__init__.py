"""The alerts room tells: one mail, one CRM lead, through an outbox that survives any interruption."""
