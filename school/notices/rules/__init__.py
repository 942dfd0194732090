"""What a notice may say, when it goes, how a mail server's answer is taken, how a calendar is written (п. 3.6, 4.7)."""
