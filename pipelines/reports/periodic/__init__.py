"""The periodic reports (п. 2.6, 7.1, 7.2): a module a report, each a function from its source."""
