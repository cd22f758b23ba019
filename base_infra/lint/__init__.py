"""What is wrong with the synthesized templates: other people's tools, our own rules, and why each finding stays."""
