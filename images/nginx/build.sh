# Debian's nginx, for tests of projects that bring an edge of their own.
make_rootfs "$ROOT" bookworm nginx-light
add_user "$ROOT" www-data 33 /var/www
mkdir -p "$ROOT"/{var/log/nginx,var/lib/nginx,var/cache/nginx,etc/nginx/conf.d}
printf 'user www-data;\nworker_processes 1;\nevents {}\nhttp { include /etc/nginx/mime.types; include /etc/nginx/conf.d/*.conf; }\n' > "$ROOT/etc/nginx/nginx.conf"
ln -sf /dev/stdout "$ROOT/var/log/nginx/access.log"
ln -sf /dev/stderr "$ROOT/var/log/nginx/error.log"
import_image "$ROOT" "$IMAGE" 'STOPSIGNAL SIGQUIT' 'EXPOSE 80' 'CMD ["nginx", "-g", "daemon off;"]'
