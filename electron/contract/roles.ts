/** What a user may do. Each role may do all that the ones before it may. */
export const roles = ['read-only', 'technician', 'pathologist', 'administrator'] as const
export type Role = (typeof roles)[number]

/** Who may make a call in a workspace with users: users from this role on; `anyone`: also before signing in. */
export type CallRole = 'anyone' | Role

/** Whether a role is enough for a call. */
export const isEnough = (role: Role, needed: CallRole): boolean =>
  needed === 'anyone' || roles.indexOf(role) >= roles.indexOf(needed)
