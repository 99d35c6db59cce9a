/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/*
 * A host that knows nothing of this project: libfreefare's on the card in the field.
 *
 *   freefare applications   the identifiers of the card's applications, one a line
 *   freefare ats HEX        sets the card's answer to select
 *   freefare KIND           makes an application with keys of this kind, and writes and reads every
 *                           kind of file in every communication mode
 *
 * Kinds: des-d40, 2k3des-d40 (authenticated by 0A), des, 2k3des, 3k3des (1A), aes (AA).
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nfc/nfc.h>

#include <freefare.h>

static MifareTag tag;

/* What the library refuses ends the program, with the line of this file and the card's status. */
#define DO(call) at_least(__LINE__, #call, (long)(call), 0)
/* The same for a call that tells how many bytes it moved. */
#define MOVES(call, bytes) at_least(__LINE__, #call, (long)(call), (long)(bytes))
#define HOLDS(condition) \
    do { \
        if (!(condition)) \
            errx(1, "line %d: not so: %s", __LINE__, #condition); \
    } while (0)

static void at_least(int line, const char *call, long result, long least)
{
    if (result < least)
        errx(1, "line %d: %s gave %ld: %s", line, call, result, freefare_strerror(tag));
}

/* Kinds of keys. */
struct kind {
    const char *name;
    uint8_t crypto; /* in the number of keys of CreateApplication */
    int (*authenticate)(MifareTag, uint8_t, MifareDESFireKey);
    size_t length;
};

static const struct kind kinds[] = {
    { "des-d40", APPLICATION_CRYPTO_DES, mifare_desfire_authenticate, 8 },
    { "2k3des-d40", APPLICATION_CRYPTO_DES, mifare_desfire_authenticate, 16 },
    { "des", APPLICATION_CRYPTO_DES, mifare_desfire_authenticate_iso, 8 },
    { "2k3des", APPLICATION_CRYPTO_DES, mifare_desfire_authenticate_iso, 16 },
    { "3k3des", APPLICATION_CRYPTO_3K3DES, mifare_desfire_authenticate_iso, 24 },
    { "aes", APPLICATION_CRYPTO_AES, mifare_desfire_authenticate_aes, 16 },
};

/*
 * A test key whose bytes count on from `first`; 0 is the key of a new application.
 *
 * The version of a DES key goes into the low bits of its first eight bytes here, because
 * mifare_desfire_key_set_version of libfreefare 0.4.0 overwrites bytes 8 to 15 of a 2K3DES or 3K3DES
 * key with FF and FE, and keeps the schedule of the key as it was (later versions write the low bits
 * only).
 */
static MifareDESFireKey key_of(const struct kind *kind, uint8_t first, uint8_t version)
{
    uint8_t value[24] = { 0 };
    for (size_t i = 0; first != 0 && i < kind->length; i++)
        value[i] = (uint8_t)(first + 5 * i);
    if (kind->crypto == APPLICATION_CRYPTO_AES)
        return mifare_desfire_aes_key_new_with_version(value, version);
    for (size_t i = 0; i < 8; i++)
        value[i] = (uint8_t)((value[i] & 0xFE) | (version >> (7 - i) & 1));
    if (kind->crypto == APPLICATION_CRYPTO_3K3DES)
        return mifare_desfire_3k3des_key_new_with_version(value);
    if (kind->length == 8 || first == 0)
        return mifare_desfire_des_key_new_with_version(value);
    return mifare_desfire_3des_key_new_with_version(value);
}

/* Other bytes each time. */
static void fill(uint8_t *data, size_t length)
{
    static uint8_t next = 1;
    for (size_t i = 0; i < length; i++)
        data[i] = next = (uint8_t)(next * 5 + 17);
}

/* Keys are changed, authenticated with, and asked for their versions. */
static void keys(const struct kind *kind, MifareDESFireKey own, MifareDESFireKey other)
{
    MifareDESFireKey fresh = key_of(kind, 0, 0);
    uint8_t version;

    DO(kind->authenticate(tag, 0, fresh));
    DO(mifare_desfire_change_key(tag, 1, other, fresh));
    DO(mifare_desfire_get_key_version(tag, 1, &version));
    HOLDS(version == 0x2A);
    DO(mifare_desfire_change_key(tag, 0, own, NULL));
    HOLDS(kind->authenticate(tag, 0, fresh) < 0);
    DO(kind->authenticate(tag, 0, own));
    DO(mifare_desfire_get_key_version(tag, 0, &version));
    HOLDS(version == 0x15);
    /* From here on creating takes key 0. */
    DO(mifare_desfire_change_key_settings(tag, 0x0B));
    DO(mifare_desfire_get_key_settings(tag, &version, NULL));
    HOLDS(version == 0x0B);
    mifare_desfire_key_free(fresh);
}

/* Lengths around those of blocks and frames. */
static const size_t lengths[] = { 1, 7, 8, 15, 16, 17, 31, 44, 47, 48, 49, 52, 54, 55, 59, 60, 61, 101, 197 };
enum { SIZE = 197 };

/*
 * After 0A, libfreefare 0.4.0 makes the MAC that it expects of data over as many zeros as a checksum
 * would need besides, so over one block too many where 7 or 8 bytes are in the last block. Its own
 * writes have no such block.
 */
static bool mac_is_misread(const struct kind *kind, int mode, size_t length)
{
    return kind->authenticate == mifare_desfire_authenticate && mode == MDCM_MACED
        && (length % 8 == 0 || length % 8 == 7);
}

static void data_file(const struct kind *kind, uint8_t file, int mode, bool backup)
{
    uint8_t written[SIZE], before[SIZE], read[SIZE + 32];

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t length = lengths[i], offset = SIZE - length;
        if (mac_is_misread(kind, mode, length))
            continue;
        fill(written, length);
        MOVES(mifare_desfire_read_data_ex(tag, file, 0, SIZE, read, mode), SIZE);
        memcpy(before, read, SIZE);
        MOVES(mifare_desfire_write_data_ex(tag, file, (off_t)offset, length, written, mode), length);
        if (backup) {
            MOVES(mifare_desfire_read_data_ex(tag, file, 0, SIZE, read, mode), SIZE);
            HOLDS(memcmp(read, before, SIZE) == 0);
            DO(mifare_desfire_commit_transaction(tag));
        }
        MOVES(mifare_desfire_read_data_ex(tag, file, (off_t)offset, length, read, mode), length);
        HOLDS(memcmp(read, written, length) == 0);
        /* What was not written is as before. */
        MOVES(mifare_desfire_read_data_ex(tag, file, 0, SIZE, read, mode), SIZE);
        HOLDS(memcmp(read, before, offset) == 0);
    }
    if (!backup)
        return;
    memcpy(before, read, SIZE);
    MOVES(mifare_desfire_write_data_ex(tag, file, 0, 10, written + 10, mode), 10);
    DO(mifare_desfire_abort_transaction(tag));
    MOVES(mifare_desfire_read_data_ex(tag, file, 0, SIZE, read, mode), SIZE);
    HOLDS(memcmp(read, before, SIZE) == 0);
}

static int32_t value_of(uint8_t file, int mode)
{
    int32_t value = 0;
    DO(mifare_desfire_get_value_ex(tag, file, &value, mode));
    return value;
}

static void value_file(uint8_t file, int mode)
{
    HOLDS(value_of(file, mode) == 100);
    DO(mifare_desfire_credit_ex(tag, file, 1000, mode));
    HOLDS(value_of(file, mode) == 100);
    DO(mifare_desfire_commit_transaction(tag));
    HOLDS(value_of(file, mode) == 1100);
    DO(mifare_desfire_debit_ex(tag, file, 1150, mode));
    DO(mifare_desfire_commit_transaction(tag));
    HOLDS(value_of(file, mode) == -50);
    /* Back at most what was debited. */
    DO(mifare_desfire_limited_credit_ex(tag, file, 150, mode));
    DO(mifare_desfire_commit_transaction(tag));
    HOLDS(value_of(file, mode) == 100);
    DO(mifare_desfire_debit_ex(tag, file, 7, mode));
    DO(mifare_desfire_abort_transaction(tag));
    HOLDS(value_of(file, mode) == 100);
}

/* Of no number of records does a MAC meet what mac_is_misread tells of. */
enum { RECORD = 29, ROOM = 5 };

/* Records are told oldest first; a cyclic file has one record less than it was made with. */
static void record_file(uint8_t file, int mode, bool cyclic)
{
    uint8_t written[7][RECORD], read[ROOM * RECORD + 32];
    size_t count = cyclic ? 7 : ROOM, kept = cyclic ? ROOM - 1 : ROOM;

    for (size_t i = 0; i < count; i++) {
        fill(written[i], RECORD);
        MOVES(mifare_desfire_write_record_ex(tag, file, 0, RECORD, written[i], mode), RECORD);
        DO(mifare_desfire_commit_transaction(tag));
        MOVES(mifare_desfire_read_records_ex(tag, file, 0, 1, read, mode), 1);
        HOLDS(memcmp(read, written[i], RECORD) == 0);
    }
    MOVES(mifare_desfire_read_records_ex(tag, file, 0, kept, read, mode), kept);
    HOLDS(memcmp(read, written[count - kept], kept * RECORD) == 0);
    MOVES(mifare_desfire_read_records_ex(tag, file, 2, 2, read, mode), 2);
    HOLDS(memcmp(read, written[count - 4], 2 * RECORD) == 0);
    DO(mifare_desfire_clear_record_file(tag, file));
    DO(mifare_desfire_commit_transaction(tag));
}

static const uint16_t rights = MDAR(MDAR_KEY1, MDAR_KEY1, MDAR_KEY1, MDAR_KEY0);

/* A file of each kind, its number that of its kind, all under key 1. */
static void create(uint8_t mode)
{
    uint8_t *files;
    size_t count;

    DO(mifare_desfire_create_std_data_file(tag, MDFT_STANDARD_DATA_FILE, mode, rights, SIZE));
    DO(mifare_desfire_create_backup_data_file(tag, MDFT_BACKUP_DATA_FILE, mode, rights, SIZE));
    DO(mifare_desfire_create_value_file(tag, MDFT_VALUE_FILE_WITH_BACKUP, mode, rights, -100, 2000, 100, 1));
    DO(mifare_desfire_create_linear_record_file(
        tag, MDFT_LINEAR_RECORD_FILE_WITH_BACKUP, mode, rights, RECORD, ROOM));
    DO(mifare_desfire_create_cyclic_record_file(
        tag, MDFT_CYCLIC_RECORD_FILE_WITH_BACKUP, mode, rights, RECORD, ROOM));
    DO(mifare_desfire_get_file_ids(tag, &files, &count));
    HOLDS(count == 5);
    free(files);
}

static void settings(uint8_t file, uint8_t mode, uint16_t access)
{
    struct mifare_desfire_file_settings is;
    DO(mifare_desfire_get_file_settings(tag, file, &is));
    HOLDS(is.file_type == file && is.communication_settings == mode && is.access_rights == access);
    switch (file) {
    case MDFT_STANDARD_DATA_FILE:
    case MDFT_BACKUP_DATA_FILE:
        HOLDS(is.settings.standard_file.file_size == SIZE);
        break;
    case MDFT_VALUE_FILE_WITH_BACKUP:
        HOLDS(is.settings.value_file.lower_limit == -100 && is.settings.value_file.upper_limit == 2000);
        HOLDS(is.settings.value_file.limited_credit_enabled == 1);
        break;
    default:
        HOLDS(is.settings.linear_record_file.record_size == RECORD);
        HOLDS(is.settings.linear_record_file.max_number_of_records == ROOM);
        HOLDS(is.settings.linear_record_file.current_number_of_records == 0);
    }
}

/* Creates a file of each kind, uses it under key 1, changes its settings, and deletes it. */
static void files(const struct kind *kind, uint8_t mode, MifareDESFireKey own, MifareDESFireKey other)
{
    uint16_t changed = MDAR(MDAR_FREE, MDAR_KEY1, MDAR_KEY1, MDAR_KEY0);

    DO(kind->authenticate(tag, 0, own));
    create(mode);
    HOLDS(kind->authenticate(tag, 1, own) < 0);
    DO(kind->authenticate(tag, 1, other));
    for (uint8_t file = 0; file < 5; file++)
        settings(file, mode, rights);
    data_file(kind, MDFT_STANDARD_DATA_FILE, mode, false);
    data_file(kind, MDFT_BACKUP_DATA_FILE, mode, true);
    value_file(MDFT_VALUE_FILE_WITH_BACKUP, mode);
    record_file(MDFT_LINEAR_RECORD_FILE_WITH_BACKUP, mode, false);
    record_file(MDFT_CYCLIC_RECORD_FILE_WITH_BACKUP, mode, true);
    DO(kind->authenticate(tag, 0, own));
    for (uint8_t file = 0; file < 5; file++) {
        DO(mifare_desfire_change_file_settings(tag, file, MDCM_MACED, changed));
        settings(file, MDCM_MACED, changed);
        DO(mifare_desfire_delete_file(tag, file));
    }
}

static void run(const struct kind *kind)
{
    /*
     * The enciphered mode comes first: it makes the library's buffer long enough for what its MACed
     * writes after 1A with DES and 2K3DES keys put behind the end (it counts 4 bytes for 8).
     */
    static const uint8_t modes[] = { MDCM_ENCIPHERED, MDCM_PLAIN, MDCM_MACED };
    uint8_t zero[8] = { 0 };
    MifareDESFireKey master = mifare_desfire_des_key_new(zero);
    MifareDESFireKey own = key_of(kind, 0x31, 0x15), other = key_of(kind, 0x52, 0x2A);
    MifareDESFireAID aid = mifare_desfire_aid_new(0x112200 + (uint32_t)(kind - kinds));

    DO(mifare_desfire_select_application(tag, NULL));
    DO(mifare_desfire_authenticate(tag, 0, master));
    DO(mifare_desfire_create_application(tag, aid, 0x0F, kind->crypto | 2));
    DO(mifare_desfire_select_application(tag, aid));
    keys(kind, own, other);
    for (size_t i = 0; i < sizeof modes; i++)
        files(kind, modes[i], own, other);
    printf("%s: keys changed, 5 kinds of file written and read in 3 modes\n", kind->name);
    free(aid);
    mifare_desfire_key_free(master);
    mifare_desfire_key_free(own);
    mifare_desfire_key_free(other);
}

static void applications(void)
{
    MifareDESFireAID *aids;
    size_t count;
    DO(mifare_desfire_get_application_ids(tag, &aids, &count));
    for (size_t i = 0; i < count; i++)
        printf("%06X\n", mifare_desfire_aid_get_aid(aids[i]));
    mifare_desfire_free_application_ids(aids);
}

static void ats(const char *hex)
{
    uint8_t zero[8] = { 0 }, bytes[20] = { 0 };
    MifareDESFireKey master = mifare_desfire_des_key_new(zero);
    for (size_t i = 0; i < sizeof bytes && strlen(hex) > 2 * i + 1; i++)
        HOLDS(sscanf(hex + 2 * i, "%2hhx", &bytes[i]) == 1);
    DO(mifare_desfire_authenticate(tag, 0, master));
    DO(mifare_desfire_set_ats(tag, bytes));
    mifare_desfire_key_free(master);
}

int main(int argc, char **argv)
{
    nfc_context *context;
    const char *what = argc > 1 ? argv[1] : "";

    nfc_init(&context);
    nfc_device *device = context ? nfc_open(context, NULL) : NULL;
    if (device == NULL)
        errx(1, "no NFC device");
    MifareTag *tags = freefare_get_tags(device);
    if (tags == NULL || tags[0] == NULL || freefare_get_tag_type(tags[0]) != DESFIRE)
        errx(1, "no DESFire card");
    tag = tags[0];
    DO(mifare_desfire_connect(tag));
    bool known = true;
    if (strcmp(what, "applications") == 0) {
        applications();
    } else if (strcmp(what, "ats") == 0 && argc > 2) {
        ats(argv[2]);
    } else {
        known = false;
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            if (strcmp(what, kinds[i].name) == 0) {
                run(&kinds[i]);
                known = true;
            }
        }
    }
    DO(mifare_desfire_disconnect(tag));
    freefare_free_tags(tags);
    nfc_close(device);
    nfc_exit(context);
    if (!known)
        errx(2, "say applications, ats or a kind of key");
    return 0;
}
