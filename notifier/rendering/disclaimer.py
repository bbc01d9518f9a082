"""What every mail, feed and page says about itself."""

#: The three things that readers must know, in one sentence each.
NOT_AFFILIATED = "Not affiliated with Amazon."
NO_ADVICE = "No legal advice."
ENGLISH_BINDS = "Where a policy exists in several languages, the English text binds."
ALL = f"{NOT_AFFILIATED} {NO_ADVICE} {ENGLISH_BINDS}"
