"""Papers of pupils as PDF pages and workbooks: certificates, report cards, personal cards, lists, movement (п. 4.6)."""
