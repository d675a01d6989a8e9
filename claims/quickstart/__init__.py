"""Flask's own Quickstart, of which each section is judged as an answer; sentences.toml says what is checked."""
