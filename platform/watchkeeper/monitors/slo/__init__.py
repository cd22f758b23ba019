"""Service level objectives: declared, sent to Datadog, and what the alerts on them make of recorded series."""
