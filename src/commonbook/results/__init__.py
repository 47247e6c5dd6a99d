"""What a run leaves behind: records, frames, checks, summaries and the run's folder."""
