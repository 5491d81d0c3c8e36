# A shell and small tools, nothing else: 2 MB.
mkdir -p "$ROOT"/{bin,tmp,etc,root,proc,sys,dev}
chmod 1777 "$ROOT/tmp"
cp -L "$(command -v busybox)" "$ROOT/bin/busybox"
for applet in $(busybox --list); do [ -e "$ROOT/bin/$applet" ] || ln -s busybox "$ROOT/bin/$applet"; done
add_user "$ROOT" nobody 65534 /
import_image "$ROOT" "$IMAGE" 'ENV PATH=/bin' 'CMD ["sh"]'
