"""Claude Code: its transcripts as events, for their whole history and while they grow."""

from localytics.sources.claude_code.files import Transcripts, roots
from localytics.sources.claude_code.history import Tally

__all__ = ["Tally", "Transcripts", "roots"]
