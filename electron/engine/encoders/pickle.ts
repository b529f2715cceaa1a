/**
 * A reader of Python's pickle format, protocol 2, for the only content that it accepts: what `torch.save` writes for a
 * dictionary of tensors. A pickle is a program for a stack machine that can name any function of Python and call it. This
 * reader knows four names and calls nothing: an opcode or a name that such a file does not need is refused. Its time and
 * memory are proportional to the length of the pickle, and bounded by `maxOperations`.
 */

/** The numbers of a tensor, in the part of the file after the pickles. */
export class StorageReference {
  readonly type: 'float32' | 'int64'
  readonly key: string
  /** Number of values. */
  readonly length: number

  constructor(type: StorageReference['type'], key: string, length: number) {
    this.type = type
    this.key = key
    this.length = length
  }
}

/** A view of a storage: element (i, j, ...) is its value `offset + i strides[0] + j strides[1] + ...`. */
export class TensorReference {
  readonly storage: StorageReference
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]

  constructor(
    storage: StorageReference,
    view: { offset: number; shape: readonly number[]; strides: readonly number[] },
  ) {
    this.storage = storage
    this.offset = view.offset
    this.shape = view.shape
    this.strides = view.strides
  }
}

export class PickleError extends Error {}

const names = {
  'collections OrderedDict': 'ordered-dict',
  'torch._utils _rebuild_tensor_v2': 'tensor',
  'torch FloatStorage': 'float32',
  'torch LongStorage': 'int64',
} as const

/** A name of the table above. Where Python would look up a class or function, only its word is kept. */
class Name {
  readonly means: (typeof names)[keyof typeof names]

  constructor(means: Name['means']) {
    this.means = means
  }
}

/** What marks the start of a group of values on the stack. */
const mark = Symbol('mark')

export type PickleDict = Map<string | number, PickleValue>
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | PickleDict
  | StorageReference
  | TensorReference
  | Name
  | typeof mark

/** A network of thousands of layers needs fewer. */
const maxOperations = 1_000_000
/** Longer shapes are refused unread: a pickle can name the same long list many times. */
const maxDimensions = 8

/**
 * Reads one pickle, which begins at `start`.
 * @returns its value and the position after it
 * @throws PickleError
 */
export function readPickle(bytes: Buffer, start: number): { value: PickleValue; end: number } {
  return new Machine(bytes, start).run()
}

class Machine {
  readonly #bytes: Buffer
  readonly #stack: PickleValue[] = []
  readonly #memo = new Map<number, PickleValue>()
  #at: number

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes
    this.#at = start
  }

  run(): { value: PickleValue; end: number } {
    if (this.#byte() !== 0x80 || this.#byte() !== 2) throw new PickleError('it is not a pickle of protocol 2')
    for (let count = 0; count < maxOperations; count++) {
      const opcode = this.#byte()
      if (opcode === '.'.charCodeAt(0)) {
        const value = this.#pop()
        if (this.#stack.length > 0) throw new PickleError('the pickle leaves values behind')
        return { value, end: this.#at }
      }
      this.#operate(String.fromCharCode(opcode))
    }
    throw new PickleError(`the pickle has more than ${maxOperations} operations`)
  }

  /** The opcodes as in Python's pickletools. */
  #operate(opcode: string): void {
    switch (opcode) {
      case 'q':
        this.#put(this.#byte())
        break
      case 'r':
        this.#put(this.#take(4).readUInt32LE())
        break
      case 'R':
        this.#push(this.#reduced())
        break
      case 's':
        this.#setItems(this.#last(2))
        break
      case 'u':
        this.#setItems(this.#toMark())
        break
      case 'e':
        this.#extend(this.#toMark())
        break
      case 'b':
        this.#build()
        break
      default:
        this.#push(this.#value(opcode))
    }
  }

  /** The value that an opcode puts onto the stack. */
  #value(opcode: string): PickleValue {
    switch (opcode) {
      case 'N':
        return null
      case '\x88':
        return true
      case '\x89':
        return false
      case 'K':
        return this.#byte()
      case 'M':
        return this.#take(2).readUInt16LE()
      case 'J':
        return this.#take(4).readInt32LE()
      case '\x8a':
        return this.#long(this.#take(this.#byte()))
      case 'X':
        return this.#take(this.#take(4).readUInt32LE()).toString('utf8')
      case '(':
        return mark
      case ')':
      case ']':
        return []
      case '}':
        return new Map()
      case 't':
        return this.#toMark()
      case '\x85':
        return this.#last(1)
      case '\x86':
        return this.#last(2)
      case '\x87':
        return this.#last(3)
      case 'h':
        return this.#stored(this.#byte())
      case 'j':
        return this.#stored(this.#take(4).readUInt32LE())
      case 'c':
        return this.#name(`${this.#line()} ${this.#line()}`)
      case 'Q':
        return storageOf(this.#pop())
      default:
        throw new PickleError(`its pickle has the opcode ${opcode.charCodeAt(0)}, which weights do not need`)
    }
  }

  #take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new PickleError('it ends too early')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  #byte(): number {
    return this.#take(1).readUInt8()
  }

  #line(): string {
    // Longer ones are no name of the table, and a search to the end of the file would take time.
    const length = this.#bytes.subarray(this.#at, this.#at + 64).indexOf(10)
    if (length === -1) throw new PickleError('its pickle has a name that weights do not need')
    return this.#take(length + 1).toString('latin1', 0, length)
  }

  /** Little-endian two's complement. */
  #long(digits: Buffer): number | bigint {
    if (digits.length === 0) return 0
    return BigInt.asIntN(8 * digits.length, BigInt(`0x${Buffer.from(digits).reverse().toString('hex')}`))
  }

  #name(name: string): Name {
    const known = Object.entries(names).find(([key]) => key === name)
    if (known === undefined)
      throw new PickleError(`its pickle names ${JSON.stringify(name)}, which weights do not need`)
    return new Name(known[1])
  }

  #push(value: PickleValue): void {
    this.#stack.push(value)
  }

  #pop(): PickleValue {
    const value = this.#stack.pop()
    if (value === undefined || value === mark)
      throw new PickleError('the pickle takes a value that is not there')
    return value
  }

  #last(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.#pop()).reverse()
  }

  #toMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(mark)
    if (at === -1) throw new PickleError('the pickle takes values from a mark that is not there')
    const values = this.#stack.splice(at + 1)
    this.#stack.pop()
    return values
  }

  #put(key: number): void {
    const value = this.#pop()
    this.#memo.set(key, value)
    this.#push(value)
  }

  #stored(key: number): PickleValue {
    const value = this.#memo.get(key)
    if (value === undefined) throw new PickleError(`the pickle reads value ${key}, which it did not store`)
    return value
  }

  /** The result of one of the two calls that weights need. */
  #reduced(): PickleValue {
    const [called, values] = this.#last(2)
    if (!(called instanceof Name) || !Array.isArray(values)) throw new PickleError('the pickle calls a value')
    if (called.means === 'tensor') return tensorOf(values)
    if (called.means === 'ordered-dict' && values.length === 0) return new Map()
    throw new PickleError('the pickle calls a function in another way than weights need')
  }

  #setItems(values: readonly PickleValue[]): void {
    const dict = this.#pop()
    if (!(dict instanceof Map) || values.length % 2 === 1)
      throw new PickleError('the pickle sets items of no dictionary')
    for (let index = 0; index < values.length; index += 2) {
      const [key, value] = values.slice(index, index + 2)
      if ((typeof key !== 'string' && typeof key !== 'number') || value === undefined)
        throw new PickleError('the pickle has a dictionary whose keys are not texts')
      dict.set(key, value)
    }
    this.#push(dict)
  }

  #extend(values: readonly PickleValue[]): void {
    const list = this.#pop()
    if (!Array.isArray(list)) throw new PickleError('the pickle extends a value that is not a list')
    for (const value of values) list.push(value)
    this.#push(list)
  }

  /** PyTorch gives its dictionary an attribute with the versions of its modules, which is left out. */
  #build(): void {
    const state = this.#pop()
    const onto = this.#pop()
    const isMetadata =
      onto instanceof Map && state instanceof Map && state.size === 1 && state.has('_metadata')
    if (!isMetadata) throw new PickleError('the pickle sets the attributes of a value')
    this.#push(onto)
  }
}

/** `('storage', type, key, device, number of values, None)`. */
function storageOf(id: PickleValue): StorageReference {
  if (Array.isArray(id)) {
    const [kind, type, key, , length, view] = id
    const means = type instanceof Name ? type.means : null
    if (
      kind === 'storage' &&
      (means === 'float32' || means === 'int64') &&
      typeof key === 'string' &&
      isCount(length) &&
      view === null
    )
      return new StorageReference(means, key, length)
  }
  throw new PickleError('it refers to values that are not a plain storage of float32 or int64')
}

/** `(storage, offset, shape, strides, requires_grad, hooks)`. */
function tensorOf(values: readonly PickleValue[]): TensorReference {
  const [storage, offset, shape, strides] = values
  if (!(storage instanceof StorageReference) || !isCount(offset) || !areCounts(shape) || !areCounts(strides))
    throw new PickleError('a tensor is not described by a storage, an offset, a shape and strides')
  if (shape.length !== strides.length)
    throw new PickleError(`a tensor has ${shape.length} dimensions and ${strides.length} strides`)
  return new TensorReference(storage, { offset, shape, strides })
}

const isCount = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const areCounts = (value: PickleValue | undefined): value is number[] =>
  Array.isArray(value) && value.length <= maxDimensions && value.every((one) => isCount(one))
