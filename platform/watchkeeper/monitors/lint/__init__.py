"""The lint of monitors and objectives: rules, where their findings stand, comments that switch them off, `--fix`."""
