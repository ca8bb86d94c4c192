"""Lists of facts with manners, for Qt's views."""
