"""诊断: automatic checks, the bundle for the administrator, fault reports and the state of this PC."""
