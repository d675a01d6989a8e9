"""The index of names: what each package has had at each version, and until when."""
