import type { Libvirt } from '../native/libvirt.js';
import { NULL, type Pointer } from '../native/native-library.js';
import type { OpenArguments } from './calls.js';

/** `virConnectCredentialType`s that can be answered. */
const authName = 2;
const noEchoPrompt = 5;
const passphrase = 7;

const credentialSize = 48; // int type, char *prompt, *challenge, *defresult, *result, unsigned resultlen
const resultOffset = 32;

/** Runs `work` with a `virConnectAuth` that answers libvirt's questions from `options`, or with NULL. */
export function withAuth<Result>(
  libvirt: Libvirt,
  options: Pick<OpenArguments, 'username' | 'password'>,
  work: (auth: Pointer) => Result,
): Result {
  if (options.username === undefined && options.password === undefined) return work(NULL);
  const types = Int32Array.of(authName, noEchoPrompt, passphrase);
  const typeList = libvirt.libc.calloc(types.length, types.BYTES_PER_ELEMENT);
  const auth = libvirt.libc.calloc(1, 32);
  try {
    libvirt.writeBytes(typeList, new Uint8Array(types.buffer));
    // struct _virConnectAuth: int *credtype, unsigned ncredtype, callback, void *cbdata
    const words = BigUint64Array.of(BigInt(typeList), 0n, BigInt(answering(libvirt, options)), 0n);
    new Uint32Array(words.buffer)[2] = types.length;
    libvirt.writeBytes(auth, new Uint8Array(words.buffer));
    return work(auth);
  } finally {
    libvirt.libc.free(auth);
    libvirt.libc.free(typeList);
  }
}

const answerers = new WeakMap<
  Libvirt,
  { callback: Pointer; answers: Pick<OpenArguments, 'username' | 'password'> }
>();

/** One C callback for each thread: opens are synchronous, so only one asks at a time. */
function answering(libvirt: Libvirt, answers: Pick<OpenArguments, 'username' | 'password'>): Pointer {
  const known = answerers.get(libvirt);
  if (known !== undefined) {
    known.answers = answers;
    return known.callback;
  }
  const answerer = { answers, callback: NULL };
  answerer.callback = libvirt.native.callback('int', ['pointer', 'int'], (credentials, count) => {
    for (let index = 0; index < (count ?? 0); index++) {
      const credential = ((credentials ?? 0) + index * credentialSize) as Pointer;
      if (!answer(libvirt, credential, answerer.answers)) return -1;
    }
    return 0;
  });
  answerers.set(libvirt, answerer);
  return answerer.callback;
}

function answer(
  libvirt: Libvirt,
  credential: Pointer,
  { username, password }: Pick<OpenArguments, 'username' | 'password'>,
): boolean {
  const [type] = new Int32Array(Uint8Array.from(libvirt.readBytes(credential, 4)).buffer);
  const text = type === authName ? username : password;
  if (text === undefined) return false;
  const words = BigUint64Array.of(BigInt(libvirt.libc.strdup(text)), 0n); // libvirt frees it
  new Uint32Array(words.buffer)[2] = Buffer.byteLength(text);
  libvirt.writeBytes((credential + resultOffset) as Pointer, new Uint8Array(words.buffer));
  return true;
}
