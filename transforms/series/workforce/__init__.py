"""NHS Workforce Statistics."""
