/* What a disk, a clock and a name server may do to a program, put between it and the C library (LD_PRELOAD).

   SHIM_FOLDERS  folders whose files are watched, separated by colons; all others are left alone
   SHIM_CONTROL  a file of six 64-bit numbers, shared with the test, which may change them at any moment
   SHIM_LOG      where each change of a watched file and each word to the network is written, in order

   A change is logged after it happened and a word to the network before it leaves: whoever replays the log
   sees at each word at least what might still be lost, and never a promise later than it was made. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
    int64_t fail;      /* every change fails with this error number; 0: none */
    int64_t countdown; /* so many changes from now, one fails; 0: never */
    int64_t how;       /* with this error number; -1: the process is killed in its place */
    int64_t wall;      /* nanoseconds the wall clock is wrong */
    int64_t no_names;  /* 1: no name can be resolved */
    int64_t changes;   /* how many changes there were */
};

enum { CREATE = 1, WRITE, CUT, SYNC, SYNC_FOLDER, UNLINK, RENAME, SAY };

struct record {
    uint32_t what, size;
    uint64_t file, offset;
} __attribute__((packed));

struct watched {
    char path[PATH_MAX];
    uint64_t file;
    int folder;
    int counted; /* the shared memory of a database is no change that lasts */
};

#define MOST 1024
static struct watched *open_files[MOST];
static struct control nothing, *control = &nothing;
static char folders[PATH_MAX * 2];
static int log_file = -1;

#define REAL(type, name, ...)                     \
    static type (*real)(__VA_ARGS__);             \
    if (!real) real = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SHIM_CONTROL");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file >= 0) {
        void *shared = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (shared != MAP_FAILED) control = shared;
        close(file);
    }
    path = getenv("SHIM_LOG");
    if (path) {
        file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
        log_file = fcntl(file, F_DUPFD_CLOEXEC, MOST - 10);
        close(file);
    }
    path = getenv("SHIM_FOLDERS");
    if (path) strncpy(folders, path, sizeof folders - 1);
}

static void note(int what, uint64_t file, uint64_t offset, const void *data, size_t size) {
    struct record head = {what, size, file, offset};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)data, size}};
    if (log_file >= 0) syscall(SYS_writev, log_file, parts, size ? 2 : 1);
}

static int is_watched(const char *path) {
    const char *folder = folders;
    while (*folder) {
        size_t length = strcspn(folder, ":");
        if (length && !strncmp(path, folder, length) && (path[length] == '/' || !path[length])) return 1;
        folder += length + (folder[length] == ':');
    }
    return 0;
}

static int ends_with(const char *text, const char *end) {
    size_t a = strlen(text), b = strlen(end);
    return a >= b && !strcmp(text + a - b, end);
}

/* A path as the kernel names it, although the last part need not be there. */
static int resolved(int at, const char *path, char *whole) {
    char copy[PATH_MAX], where[PATH_MAX], *last;
    if (path[0] == '/')
        snprintf(copy, sizeof copy, "%s", path);
    else {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        ssize_t n = at == AT_FDCWD ? (getcwd(where, sizeof where) ? (ssize_t)strlen(where) : -1)
                                   : readlink(link, where, sizeof where - 1);
        if (n < 0) return 0;
        where[n] = 0;
        if (snprintf(copy, sizeof copy, "%s/%s", where, path) >= (int)sizeof copy) return 0;
    }
    last = strrchr(copy, '/');
    *last = 0;
    if (!realpath(*copy ? copy : "/", where)) return 0;
    return snprintf(whole, PATH_MAX, "%s/%s", where, last + 1) < PATH_MAX;
}

static int refused(int number) {
    errno = number;
    return -1;
}

/* Whether this change is to fail; `counted`: it is one of those that are counted. */
static int strikes(int counted) {
    if (counted) {
        __atomic_add_fetch(&control->changes, 1, __ATOMIC_SEQ_CST);
        if (control->countdown > 0 && !__atomic_sub_fetch(&control->countdown, 1, __ATOMIC_SEQ_CST)) {
            if (control->how < 0) syscall(SYS_kill, getpid(), SIGKILL);
            return control->how;
        }
    }
    return control->fail;
}

static struct watched *of(int file) { return file >= 0 && file < MOST ? open_files[file] : NULL; }

/* -- files: opened and closed ------------------------------------------------------------------------- */

static int opened(int at, const char *path, int flags, mode_t mode) {
    char whole[PATH_MAX];
    struct stat before, now;
    if (!*folders || !resolved(at, path, whole) || !is_watched(whole))
        return syscall(SYS_openat, at, path, flags, mode);
    int is_new = (flags & O_CREAT) && stat(whole, &before);
    int counted = !ends_with(whole, "-shm"), writes = (flags & O_ACCMODE) != O_RDONLY;
    int wrong = is_new || (flags & O_TRUNC) ? strikes(counted) : writes && control->fail == EROFS ? EROFS : 0;
    if (wrong) return refused(wrong);
    int file = syscall(SYS_openat, at, path, flags, mode);
    if (file < 0 || file >= MOST || fstat(file, &now)) return file;
    struct watched *one = calloc(1, sizeof *one);
    memcpy(one->path, whole, sizeof whole);
    one->file = now.st_ino;
    one->folder = S_ISDIR(now.st_mode);
    one->counted = counted;
    open_files[file] = one;
    if (is_new && counted) note(CREATE, one->file, 0, whole, strlen(whole));
    if (!is_new && (flags & O_TRUNC) && counted) note(CUT, one->file, 0, NULL, 0);
    return file;
}

#define OPEN(name, first, at)                                 \
    int name(first const char *path, int flags, ...) {        \
        va_list more;                                         \
        va_start(more, flags);                                \
        mode_t mode = flags & O_CREAT ? va_arg(more, int) : 0; \
        va_end(more);                                         \
        return opened(at, path, flags, mode);                 \
    }
#define COMMA ,
OPEN(open, , AT_FDCWD)
OPEN(open64, , AT_FDCWD)
OPEN(openat, int at COMMA, at)
OPEN(openat64, int at COMMA, at)

int close(int file) {
    struct watched *one = of(file);
    if (one) {
        open_files[file] = NULL;
        free(one);
    }
    return syscall(SYS_close, file);
}

/* -- files: changed ------------------------------------------------------------------------------------ */

ssize_t pwrite(int file, const void *data, size_t size, off_t offset) {
    struct watched *one = of(file);
    int wrong = one ? strikes(one->counted) : 0;
    if (wrong) return refused(wrong);
    ssize_t done = syscall(SYS_pwrite64, file, data, size, offset);
    if (one && one->counted && done > 0) note(WRITE, one->file, offset, data, done);
    return done;
}

ssize_t pwrite64(int file, const void *data, size_t size, off_t offset) { return pwrite(file, data, size, offset); }

ssize_t write(int file, const void *data, size_t size) {
    struct watched *one = of(file);
    int wrong = one ? strikes(one->counted) : 0;
    if (wrong) return refused(wrong);
    ssize_t done = syscall(SYS_write, file, data, size);
    if (one && one->counted && done > 0)
        note(WRITE, one->file, lseek(file, 0, SEEK_CUR) - done, data, done);
    return done;
}

int ftruncate(int file, off_t size) {
    struct watched *one = of(file);
    int wrong = one ? strikes(one->counted) : 0;
    if (wrong) return refused(wrong);
    int done = syscall(SYS_ftruncate, file, size);
    if (one && one->counted && !done) note(CUT, one->file, size, NULL, 0);
    return done;
}

int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

int fallocate(int file, int mode, off_t offset, off_t size) {
    struct watched *one = of(file);
    int wrong = one ? strikes(one->counted) : 0;
    return wrong ? refused(wrong) : (int)syscall(SYS_fallocate, file, mode, offset, size);
}

int fallocate64(int file, int mode, off_t offset, off_t size) { return fallocate(file, mode, offset, size); }

int posix_fallocate(int file, off_t offset, off_t size) { return fallocate(file, 0, offset, size) ? errno : 0; }

int posix_fallocate64(int file, off_t offset, off_t size) { return posix_fallocate(file, offset, size); }

static int synced(long call, int file) {
    struct watched *one = of(file);
    int wrong = one ? strikes(one->counted) : 0;
    if (wrong && wrong != ENOSPC) return refused(wrong);
    int done = syscall(call, file);
    if (one && one->counted && !done)
        note(one->folder ? SYNC_FOLDER : SYNC, one->file, 0, one->path, strlen(one->path));
    return done;
}

int fsync(int file) { return synced(SYS_fsync, file); }
int fdatasync(int file) { return synced(SYS_fdatasync, file); }

int unlinkat(int at, const char *path, int flags) {
    char whole[PATH_MAX];
    if (!*folders || !resolved(at, path, whole) || !is_watched(whole) || ends_with(whole, "-shm"))
        return syscall(SYS_unlinkat, at, path, flags);
    int wrong = strikes(1);
    if (wrong && wrong != ENOSPC) return refused(wrong);
    int done = syscall(SYS_unlinkat, at, path, flags);
    if (!done) note(UNLINK, 0, 0, whole, strlen(whole));
    return done;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

int renameat(int from_at, const char *from, int to_at, const char *to) {
    char both[PATH_MAX * 2], *second;
    if (!*folders || !resolved(from_at, from, both) || !is_watched(both))
        return syscall(SYS_renameat2, from_at, from, to_at, to, 0);
    second = both + strlen(both) + 1;
    if (!resolved(to_at, to, second)) return refused(EINVAL);
    int wrong = strikes(1);
    if (wrong) return refused(wrong);
    int done = syscall(SYS_renameat2, from_at, from, to_at, to, 0);
    if (!done) note(RENAME, 0, 0, both, second + strlen(second) - both);
    return done;
}

int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

/* -- the network ----------------------------------------------------------------------------------------- */

ssize_t send(int socket, const void *data, size_t size, int flags) {
    note(SAY, socket, 0, data, size);
    return syscall(SYS_sendto, socket, data, size, flags, NULL, 0);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
    REAL(int, getaddrinfo, const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (control->no_names && !(hints && hints->ai_flags & AI_NUMERICHOST)) return EAI_AGAIN;
    return real(node, service, hints, result);
}

/* -- the wall clock -------------------------------------------------------------------------------------- */

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, clock_gettime, clockid_t, struct timespec *);
    int done = real(clock, now);
    if (!done && clock == CLOCK_REALTIME && control->wall) {
        int64_t all = now->tv_sec * 1000000000LL + now->tv_nsec + control->wall;
        now->tv_sec = all / 1000000000LL;
        now->tv_nsec = all % 1000000000LL;
    }
    return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec fine;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &fine)) return -1;
    now->tv_sec = fine.tv_sec;
    now->tv_usec = fine.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *kept) {
    struct timespec fine;
    clock_gettime(CLOCK_REALTIME, &fine);
    if (kept) *kept = fine.tv_sec;
    return fine.tv_sec;
}
