"""What surrounds the pages: top bar, navigation, status bar, notices, shortcuts, tray."""
