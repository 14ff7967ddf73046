#pragma once
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

// Swift cannot import macros that cast or take the address of their arguments, and these are such.
static inline void verbatim_free(void *bytes) { OPENSSL_free(bytes); }
static inline int verbatim_bio_set_md(BIO *bio, const EVP_MD *method) { return (int)BIO_set_md(bio, method); }
static inline long verbatim_bio_memory(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }
static inline int verbatim_x509_count(const STACK_OF(X509) *list) { return sk_X509_num(list); }
static inline X509 *verbatim_x509_at(const STACK_OF(X509) *list, int index) { return sk_X509_value(list, index); }
static inline STACK_OF(X509) *verbatim_x509_list(void) { return sk_X509_new_null(); }
static inline int verbatim_x509_push(STACK_OF(X509) *list, X509 *certificate) { return sk_X509_push(list, certificate); }
// The list only borrows its certificates.
static inline void verbatim_x509_list_free(STACK_OF(X509) *list) { sk_X509_free(list); }
static inline int verbatim_signer_count(const STACK_OF(PKCS7_SIGNER_INFO) *list) {
  return sk_PKCS7_SIGNER_INFO_num(list);
}
static inline PKCS7_SIGNER_INFO *verbatim_signer_at(const STACK_OF(PKCS7_SIGNER_INFO) *list, int index) {
  return sk_PKCS7_SIGNER_INFO_value(list, index);
}
// Of a union, whose members Swift does not check.
static inline STACK_OF(X509) *verbatim_pkcs7_certificates(const PKCS7 *message) {
  return PKCS7_type_is_signed(message) && message->d.sign != NULL ? message->d.sign->cert : NULL;
}
static inline const ASN1_OBJECT *verbatim_pkcs7_content_type(const PKCS7 *message) {
  return PKCS7_type_is_signed(message) && message->d.sign != NULL && message->d.sign->contents != NULL
             ? message->d.sign->contents->type
             : NULL;
}
// The encoded content of a type that OpenSSL does not know, NULL where there is none. Those that it knows are other
// members of the union.
static inline const ASN1_STRING *verbatim_pkcs7_other_content(const PKCS7 *message) {
  if (verbatim_pkcs7_content_type(message) == NULL) return NULL;
  const PKCS7 *contents = message->d.sign->contents;
  switch (OBJ_obj2nid(contents->type)) {
  case NID_pkcs7_data:
  case NID_pkcs7_signed:
  case NID_pkcs7_enveloped:
  case NID_pkcs7_signedAndEnveloped:
  case NID_pkcs7_digest:
  case NID_pkcs7_encrypted: return NULL;
  default: break;
  }
  if (contents->d.other == NULL || contents->d.other->type != V_ASN1_SEQUENCE) return NULL;
  return contents->d.other->value.sequence;
}
static inline int verbatim_pkcs7_has_content(const PKCS7 *message) {
  return verbatim_pkcs7_content_type(message) != NULL && message->d.sign->contents->d.ptr != NULL;
}
static inline const ASN1_OBJECT *verbatim_signer_digest(const PKCS7_SIGNER_INFO *signer) {
  return signer->digest_alg != NULL ? signer->digest_alg->algorithm : NULL;
}
static inline X509_NAME *verbatim_signer_issuer(const PKCS7_SIGNER_INFO *signer) {
  return signer->issuer_and_serial != NULL ? signer->issuer_and_serial->issuer : NULL;
}
static inline const ASN1_INTEGER *verbatim_signer_serial(const PKCS7_SIGNER_INFO *signer) {
  return signer->issuer_and_serial != NULL ? signer->issuer_and_serial->serial : NULL;
}
// The flags are a macro of casts.
static inline int verbatim_print_subject(BIO *bio, X509 *certificate) {
  return X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}
