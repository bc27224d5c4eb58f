# Install rules and the Debian package (cpack -G DEB).
include(GNUInstallDirs)
