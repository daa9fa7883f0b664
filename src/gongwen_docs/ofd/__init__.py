"""Reading OFD packages (GB/T 33190-2016): strict container, safe XML, typed model."""
