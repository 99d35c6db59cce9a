/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* SoftHSM2 behind a script: files in the folder that SHIM names say what goes wrong. Functions are told by
   their places in CK_FUNCTION_LIST, version 2.40 (OASIS PKCS#11 Base Specification, 3.6). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long ul;
struct list { unsigned char version[2]; void *f[68]; };
static struct list *real, mine;
static atomic_long sessions;

enum { FINALIZE = 1, TOKEN_INFO = 6, OPEN = 12, CLOSE = 13, LOGIN = 18, ATTRIBUTES = 24, FIND = 26, ENCRYPT_INIT = 29,
       ENCRYPT = 30, SIGN_INIT = 42, SIGN = 43 };
enum { SESSION_COUNT = 0xB1, DEVICE_REMOVED = 0x32, MECHANISM_INVALID = 0x70 };
enum { START_DATE = 0x110, END_DATE = 0x111 };
enum { AES_CMAC = 0x108A, AES_CBC = 0x1082, DES3_CBC = 0x133 };

/* The number that a file of the script holds; -1 where there is none. */
static long script(const char *name) {
    char path[1024];
    long value = -1;
    snprintf(path, sizeof path, "%s/%s", getenv("SHIM"), name);
    FILE *file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%ld", &value) != 1) value = 0;
        fclose(file);
    }
    return value;
}

static void counted(const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", getenv("SHIM"), name);
    FILE *file = fopen(path, "a");
    if (file) { fputc('x', file); fclose(file); }
}

/* Takes so many milliseconds. */
static void slow(const char *name) {
    long millis = script(name);
    if (millis > 0) usleep((useconds_t)millis * 1000);
}

static ul token_info(ul slot, unsigned char *info) {
    slow("slow-to-tell");
    ul rv = ((ul (*)(ul, void *))real->f[TOKEN_INFO])(slot, info);
    long flags = script("flags");
    if (flags > 0) *(ul *)(info + 96) |= (ul)flags;
    return rv;
}

static ul open_session(ul slot, ul flags, void *a, void *b, ul *session) {
    long most = script("sessions");
    if (script("gone") >= 0) return DEVICE_REMOVED;
    if (most >= 0 && sessions >= most) return SESSION_COUNT;
    ul rv = ((ul (*)(ul, ul, void *, void *, ul *))real->f[OPEN])(slot, flags, a, b, session);
    if (!rv) sessions++;
    return rv;
}

static ul close_session(ul session) {
    ul rv = ((ul (*)(ul))real->f[CLOSE])(session);
    if (!rv) sessions--;
    return rv;
}

static ul finalize(void *reserved) {
    sessions = 0;
    return ((ul (*)(void *))real->f[FINALIZE])(reserved);
}

static ul login(ul session, ul user, void *pin, ul length) {
    counted("logins");
    slow("slow-to-log-in");
    return ((ul (*)(ul, ul, void *, ul))real->f[LOGIN])(session, user, pin, length);
}

struct attribute { ul type; void *value; ul length; };

/* Days that the script tells in SoftHSM's place, which fails at those of private keys. */
static ul attributes(ul session, ul object, struct attribute *asked, ul count) {
    if (script("days") < 0 || (asked->type != START_DATE && asked->type != END_DATE))
        return ((ul (*)(ul, ul, void *, ul))real->f[ATTRIBUTES])(session, object, asked, count);
    for (ul i = 0; i < count; i++) {
        char path[1024], told[9] = "";
        snprintf(path, sizeof path, "%s/%s", getenv("SHIM"), asked[i].type == START_DATE ? "first" : "last");
        FILE *file = fopen(path, "r");
        ul length = file ? fread(told, 1, 8, file) : 0;
        if (file) fclose(file);
        if (asked[i].value) memcpy(asked[i].value, told, length);
        asked[i].length = length;
    }
    return 0;
}

static ul find(ul session, void *template, ul count) {
    if (script("gone") >= 0) return DEVICE_REMOVED;
    return ((ul (*)(ul, void *, ul))real->f[FIND])(session, template, count);
}

static ul passes(const ul *mechanism) {
    int filtered = *mechanism == AES_CMAC || *mechanism == AES_CBC || *mechanism == DES3_CBC;
    if (script("gone") >= 0) return DEVICE_REMOVED;
    return filtered && script("ecb") >= 0 ? MECHANISM_INVALID : 0;
}

static ul encrypt_init(ul session, ul *mechanism, ul key) {
    ul rv = passes(mechanism);
    return rv ? rv : ((ul (*)(ul, void *, ul))real->f[ENCRYPT_INIT])(session, mechanism, key);
}

static ul sign_init(ul session, ul *mechanism, ul key) {
    ul rv = passes(mechanism);
    return rv ? rv : ((ul (*)(ul, void *, ul))real->f[SIGN_INIT])(session, mechanism, key);
}

static ul encrypt(ul session, void *data, ul length, void *out, ul *room) {
    slow("slow");
    return ((ul (*)(ul, void *, ul, void *, ul *))real->f[ENCRYPT])(session, data, length, out, room);
}

static ul sign(ul session, void *data, ul length, void *out, ul *room) {
    slow("slow");
    return ((ul (*)(ul, void *, ul, void *, ul *))real->f[SIGN])(session, data, length, out, room);
}

ul C_GetFunctionList(struct list **list) {
    void *library = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW);
    ul (*get)(struct list **) = library ? (ul (*)(struct list **))dlsym(library, "C_GetFunctionList") : 0;
    if (!get || get(&real)) return 5;
    mine = *real;
    mine.f[FINALIZE] = finalize;
    mine.f[TOKEN_INFO] = token_info;
    mine.f[OPEN] = open_session;
    mine.f[CLOSE] = close_session;
    mine.f[LOGIN] = login;
    mine.f[ATTRIBUTES] = attributes;
    mine.f[FIND] = find;
    mine.f[ENCRYPT_INIT] = encrypt_init;
    mine.f[ENCRYPT] = encrypt;
    mine.f[SIGN_INIT] = sign_init;
    mine.f[SIGN] = sign;
    *list = &mine;
    return 0;
}
