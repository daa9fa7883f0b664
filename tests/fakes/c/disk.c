/* A disk that fails when it is told to: preloaded into a process, it counts what the process does to files
 * below some folders (writes, syncs, renames, new names) and fails the n-th.
 *
 * GONGWEN_DISK_ROOT     the folders, with colons between them
 * GONGWEN_DISK_CONTROL  a file with a struct control, mapped by both sides
 *
 * A full disk takes what still fits (half of the write) and then nothing until it is told otherwise; any other
 * error happens once.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define REAL(name) ((__typeof__(&name))next_of(#name))

enum { MAX_PATH = 4096, MAX_ROOTS = 4 };

struct control {
    atomic_long countdown; /* the operation that fails; 0: none */
    atomic_long counted;   /* operations so far */
    atomic_long failed;    /* operations that failed so far */
    atomic_long error;     /* errno to fail with */
    atomic_long full;      /* the disk is full now */
};

static struct control *control;
static char roots[MAX_ROOTS][MAX_PATH];
static int root_count;

static void *next_of(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void begin(void)
{
    const char *folder = getenv("GONGWEN_DISK_ROOT"), *file = getenv("GONGWEN_DISK_CONTROL");
    if (folder == NULL || file == NULL)
        return;
    while (*folder != '\0' && root_count < MAX_ROOTS) {
        int length = (int)strcspn(folder, ":");
        snprintf(roots[root_count++], MAX_PATH, "%.*s/", length, folder);
        folder += length + (folder[length] == ':');
    }
    int fd = REAL(open)(file, O_RDWR);
    if (fd < 0)
        return;
    void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED)
        control = mapped;
}

static int below_root(const char *path)
{
    for (int number = 0; number < root_count; number++)
        if (strncmp(path, roots[number], strlen(roots[number])) == 0)
            return 1;
    return 0;
}

static int is_ours(int fd)
{
    char link[64], path[MAX_PATH];
    if (control == NULL || fd <= STDERR_FILENO)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0)
        return 0;
    path[length] = '\0';
    return below_root(path);
}

/* The errno of this operation, or 0. ``*first`` says that the disk has just become full. */
static int verdict(int *first)
{
    *first = 0;
    atomic_fetch_add(&control->counted, 1);
    if (atomic_load(&control->full)) {
        atomic_fetch_add(&control->failed, 1);
        return ENOSPC;
    }
    if (atomic_load(&control->countdown) <= 0 || atomic_fetch_sub(&control->countdown, 1) != 1)
        return 0;
    int error = (int)atomic_load(&control->error);
    atomic_fetch_add(&control->failed, 1);
    if (error == ENOSPC) {
        *first = 1;
        atomic_store(&control->full, 1);
    }
    return error;
}

static int fails(void)
{
    int first, error = verdict(&first);
    if (error)
        errno = error;
    return error != 0;
}

#define WRITING(name, parameters, arguments)                                            \
    EXPORT ssize_t name parameters                                                                           \
    {                                                                                                        \
        int first = 0, error = is_ours(fd) ? verdict(&first) : 0;                                            \
        if (first && count > 1) {                                                                            \
            count /= 2;                                                                                      \
            error = 0;                                                                                       \
        }                                                                                                    \
        if (error) {                                                                                         \
            errno = error;                                                                                   \
            return -1;                                                                                       \
        }                                                                                                    \
        return REAL(name) arguments;                                                                         \
    }

WRITING(write, (int fd, const void *data, size_t count), (fd, data, count))
WRITING(pwrite, (int fd, const void *data, size_t count, off_t at), (fd, data, count, at))
WRITING(pwrite64, (int fd, const void *data, size_t count, off64_t at), (fd, data, count, at))

#define ONE_FD(name)                                                                                         \
    EXPORT int name(int fd)                                                                                  \
    {                                                                                                        \
        return is_ours(fd) && fails() ? -1 : REAL(name)(fd);                                                 \
    }

ONE_FD(fsync)
ONE_FD(fdatasync)

EXPORT int ftruncate(int fd, off_t length)
{
    return is_ours(fd) && fails() ? -1 : REAL(ftruncate)(fd, length);
}

EXPORT int ftruncate64(int fd, off64_t length)
{
    return is_ours(fd) && fails() ? -1 : REAL(ftruncate64)(fd, length);
}

EXPORT int rename(const char *from, const char *to)
{
    return control != NULL && below_root(to) && fails() ? -1 : REAL(rename)(from, to);
}

EXPORT int mkdir(const char *path, mode_t mode)
{
    return control != NULL && below_root(path) && fails() ? -1 : REAL(mkdir)(path, mode);
}

#define OPENING(name)                                                                                        \
    EXPORT int name(const char *path, int flags, ...)                                                        \
    {                                                                                                        \
        mode_t mode = 0;                                                                                     \
        if (flags & O_CREAT) {                                                                               \
            va_list rest;                                                                                    \
            va_start(rest, flags);                                                                           \
            mode = va_arg(rest, mode_t);                                                                     \
            va_end(rest);                                                                                    \
            if (control != NULL && below_root(path) && access(path, F_OK) != 0 && fails())                   \
                return -1;                                                                                   \
        }                                                                                                    \
        return REAL(name)(path, flags, mode);                                                                \
    }

OPENING(open)
OPENING(open64)
