"""The crawler collects pages and filings politely, archives them as they came, and reads them into Documents."""
