"""通讯录: finding units, reaching them, keeping the own entry right."""
